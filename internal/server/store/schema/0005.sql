-- Which device of its account a token was given to: its public key, or '' while
-- none has shown itself with it.
ALTER TABLE tokens ADD COLUMN device TEXT NOT NULL DEFAULT '';
