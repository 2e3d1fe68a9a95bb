"""What archgraph costs, measured against libyaml's reader on models that the generator makes."""
