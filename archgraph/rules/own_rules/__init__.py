"""Rules that users write in YAML: metadata, a Cypher query for what offends, and cases."""
