"""Who does the work: this process, or the workers of Ray. All use the same states, and give the same bits."""
