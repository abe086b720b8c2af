"""Common code of the four optimizer tasks: analysis of the text, calling conventions, streams of gradients."""
