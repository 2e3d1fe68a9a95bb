"""Break the facts and rules on purpose, one small edit at a time, and see which edits no test notices."""
