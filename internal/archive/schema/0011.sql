-- Each name that somebody is here, at each server, has a device key of its own, so
-- that nobody can tell by keys which names are one person's. guest: it is a
-- guest's. seed is the private half.
CREATE TABLE identities (
  seq      INTEGER PRIMARY KEY,
  home     INTEGER NOT NULL,
  guest    INTEGER NOT NULL,
  name_key TEXT NOT NULL,
  seed     BLOB NOT NULL,
  UNIQUE (home, guest, name_key)
) STRICT;

-- People know the accounts that were used here by the profile's key: they keep it.
-- Of a name that was used it is not known whether it was an account's or a guest's.
INSERT INTO identities (home, guest, name_key, seed)
  SELECT n.home, 0, n.name_key, p.seed FROM (
    SELECT home, as_key AS name_key FROM outbox
    UNION SELECT a.home, t.name_key FROM tokens t JOIN addresses a ON a.server = t.server
    UNION SELECT home, from_key FROM lines WHERE place = '@' AND state <> ''
  ) n JOIN profile p ON p.seed <> x'' WHERE n.name_key <> '';
