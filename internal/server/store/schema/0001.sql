-- What the log holds. Names are canonical: the hub compares them, not the
-- store. Times are milliseconds since 1970 (UTC), ids as in wire.ID.

-- last is the newest id ever given out. It has a row of its own so that
-- nothing that is pruned can make an id come twice.
CREATE TABLE log (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  last INTEGER NOT NULL,
  node TEXT NOT NULL
) STRICT;
INSERT INTO log VALUES (1, 0, lower(hex(randomblob(16))));

CREATE TABLE accounts (
  name   TEXT NOT NULL PRIMARY KEY,
  hash   TEXT NOT NULL,
  legacy INTEGER NOT NULL,
  banned TEXT NOT NULL,
  made   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  hash    BLOB NOT NULL PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_account ON tokens (account);
CREATE INDEX tokens_by_expires ON tokens (expires);

CREATE TABLE rooms (
  id    INTEGER PRIMARY KEY,
  name  TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL,
  owner TEXT NOT NULL,
  made  INTEGER NOT NULL
) STRICT;

-- Lines lie together room by room, in the order in which they are read.
CREATE TABLE lines (
  room   INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  id     INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  sender TEXT NOT NULL,
  kind   TEXT NOT NULL,
  action INTEGER NOT NULL,
  text   TEXT NOT NULL,
  PRIMARY KEY (room, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  room    INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  last    INTEGER NOT NULL,
  PRIMARY KEY (account, room)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_room ON marks (room);

CREATE TABLE inbox (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  sender  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  action  INTEGER NOT NULL,
  text    TEXT NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- What a client sends again is found here, for 30 days. There is no index by
-- time: pruning goes through the table in its own order.
CREATE TABLE keys (
  profile TEXT NOT NULL,
  client  TEXT NOT NULL,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (profile, client)
) STRICT, WITHOUT ROWID;
