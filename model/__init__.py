"""What a migration is: the language, the domain models written in it, and the facts they speak of."""
