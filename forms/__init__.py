"""Forms: Altinn layouts, expressions, texts and validation. A pure library without web or database."""
