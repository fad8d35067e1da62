-- A line of the outbox that has gone out may have arrived, until somebody has
-- said that it has or has not. Lines of earlier versions that are bound to a
-- device have gone out to it.
ALTER TABLE outbox ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET in_doubt = 1 WHERE private = 1 AND device <> '';

-- A private line is our own where it has a state. Those of earlier versions had
-- none where another device of ours had sent them, or where the outbox had
-- forgotten them: they are known by the names under which lines were typed here,
-- and under which we have logged in, unless both sides of a line are such names.
UPDATE lines SET state = 'sent' WHERE place = '@' AND state = '' AND device = ''
  AND from_key IN (SELECT as_key FROM outbox o WHERE o.home = lines.home
    UNION SELECT name_key FROM tokens t JOIN homes h ON h.server = t.server WHERE h.id = lines.home)
  AND to_key NOT IN (SELECT as_key FROM outbox o WHERE o.home = lines.home
    UNION SELECT name_key FROM tokens t JOIN homes h ON h.server = t.server WHERE h.id = lines.home);
