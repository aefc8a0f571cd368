"""Assets, adverts with their joint review, publications, sessions and community groups."""
