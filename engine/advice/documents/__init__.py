"""Documents as PDF, one per module. The web page is the accessible version; a PDF is a copy and says so."""
