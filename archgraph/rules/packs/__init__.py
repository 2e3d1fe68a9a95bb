"""The built-in rules, one module per pillar; ``cases/<rule id>.yaml`` holds the cases of each."""
