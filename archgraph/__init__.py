"""archgraph: AWS architectures as one typed graph; pictures, findings, pages and answers from it."""

__version__ = "0.1.0"
