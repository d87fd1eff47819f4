"""Reading files of purchases that were made elsewhere."""
