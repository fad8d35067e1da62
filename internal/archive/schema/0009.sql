-- A server is told from others by what it names itself and by the key that it
-- showed then: whoever has not got the key is another one, whatever it says.
-- Several addresses may lead to one server.

-- key is the fingerprint that the node was seen with last, or for a server that
-- speaks plain text on this machine its port there; '' where that is not known.
DROP INDEX homes_by_server;
DROP INDEX homes_by_node;
ALTER TABLE homes ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE INDEX homes_by_node ON homes (node) WHERE node <> '';

CREATE TABLE addresses (
  server TEXT NOT NULL PRIMARY KEY,
  home   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_home ON addresses (home);
INSERT INTO addresses (server, home) SELECT server, id FROM homes WHERE server <> '';
ALTER TABLE homes DROP COLUMN server;
