"""The bundled font (Open Sans, SIL Open Font License 1.1) and the table of its widths."""
