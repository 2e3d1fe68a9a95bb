"""The built-in rules, one module per topic; ``cases/<rule id>.yaml`` holds the cases of each."""
