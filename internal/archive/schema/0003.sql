-- The conversation that was on the screen last, as "#room" or "@user".
ALTER TABLE homes ADD COLUMN place TEXT NOT NULL DEFAULT '';
