"""What stands here is run in processes of its own."""

collect_ignore = ["ours_in_sklearn.py"]  # it replaces scikit-learn's functions where it is imported
