"""What a plugin is: answers, parameters, manifest, and the rules for them."""
