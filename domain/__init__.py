"""What Jingmin 110 is about: words, states and verbs. Standard library only; imports no room."""
