-- What a client keeps on its disk. Times are milliseconds since 1970 (UTC),
-- ids as in wire.ID. A "key" is the folded form of a name: what it is found by.

-- home is the server that the profile was used with last.
CREATE TABLE profile (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  id   TEXT NOT NULL,
  home INTEGER NOT NULL
) STRICT;
INSERT INTO profile VALUES (1, lower(hex(randomblob(16))), 0);

-- A server, told from others by the node it names itself; before the first
-- welcome, and for servers that have no node, by its address.
CREATE TABLE homes (
  id     INTEGER PRIMARY KEY,
  server TEXT NOT NULL,
  node   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX homes_by_server ON homes (server) WHERE server <> '';
CREATE UNIQUE INDEX homes_by_node ON homes (node) WHERE node <> '';

-- Lines that were said. place is "#key" of a room, or "@" for private lines,
-- which are found by either side.
CREATE TABLE lines (
  home     INTEGER NOT NULL,
  place    TEXT NOT NULL,
  id       INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  room     TEXT NOT NULL,
  sender   TEXT NOT NULL,
  receiver TEXT NOT NULL,
  from_key TEXT NOT NULL,
  to_key   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  action   INTEGER NOT NULL,
  text     TEXT NOT NULL,
  client   TEXT NOT NULL,
  PRIMARY KEY (home, place, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX private_from ON lines (home, from_key, id) WHERE place = '@';
CREATE INDEX private_to ON lines (home, to_key, id) WHERE place = '@';

-- Lines that were typed here, in the order in which they go out.
CREATE TABLE outbox (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  home     INTEGER NOT NULL,
  client   TEXT NOT NULL UNIQUE,
  typed_as TEXT NOT NULL,
  as_key   TEXT NOT NULL,
  room     TEXT NOT NULL,
  receiver TEXT NOT NULL,
  text     TEXT NOT NULL,
  action   INTEGER NOT NULL,
  state    TEXT NOT NULL,
  id       INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  inbox    INTEGER NOT NULL,
  reason   TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, home, as_key, seq);

-- Rooms of a server: whether we are in it, up to where all its lines are here,
-- and up to where they were read.
CREATE TABLE rooms (
  home   INTEGER NOT NULL,
  key    TEXT NOT NULL,
  room   TEXT NOT NULL,
  joined INTEGER NOT NULL DEFAULT 0,
  seen   INTEGER NOT NULL DEFAULT 0,
  read   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (home, key)
) STRICT, WITHOUT ROWID;

-- Servers once spoken to over TLS. An empty print: their certificate was
-- valid for their name.
CREATE TABLE pins (
  server TEXT NOT NULL PRIMARY KEY,
  print  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  server   TEXT NOT NULL,
  name_key TEXT NOT NULL,
  token    TEXT NOT NULL,
  UNIQUE (server, name_key)
) STRICT;

CREATE TABLE drafts (
  seq   INTEGER PRIMARY KEY AUTOINCREMENT,
  place TEXT NOT NULL UNIQUE,
  text  TEXT NOT NULL
) STRICT;

CREATE TABLE ignored (
  key  TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inputs (
  seq  INTEGER PRIMARY KEY AUTOINCREMENT,
  line TEXT NOT NULL
) STRICT;
