"""What the tasks of the four optimizers share: the text, the way to call it, gradients, and what is seen."""
