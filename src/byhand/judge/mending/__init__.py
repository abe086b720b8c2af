"""Small edits of a learner's own text after which the judge calls it right."""
