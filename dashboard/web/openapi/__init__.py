"""What the REST API takes and answers, as data: the rows of an OpenAPI document, and the document they make. Pure."""
