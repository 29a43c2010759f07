"""Reports as plain values: what text, pictures and every other format are made from."""
