"""The skill package for Amazon: manifest, interaction models, icons and the texts of the skill shop."""
