"""The flat model: a portrait drawn over a photo from its face mesh and person mask, as one picture or as named layers."""
