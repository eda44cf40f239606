"""`make bench`: what the program costs beside the minimal program with the same providers. It reports and judges nothing."""
