-- From where accounts were entered: by which of their programs (its profile)
-- and from which network, '' is none.
CREATE TABLE visits (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  device  TEXT NOT NULL,
  network TEXT NOT NULL,
  id      INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  sum     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, device, network)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER visits_insert AFTER INSERT ON visits BEGIN
  UPDATE visits SET sum = checksum(NEW.account, NEW.device, NEW.network, NEW.id, NEW.at)
  WHERE account = NEW.account AND device = NEW.device AND network = NEW.network;
END;
CREATE TRIGGER visits_update AFTER UPDATE OF account, device, network, id, at ON visits BEGIN
  UPDATE visits SET sum = checksum(NEW.account, NEW.device, NEW.network, NEW.id, NEW.at)
  WHERE account = NEW.account AND device = NEW.device AND network = NEW.network;
END;

-- Which accounts an account has spoken to in private.
CREATE TABLE talked (
  account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  peer    TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
  id      INTEGER NOT NULL,
  sum     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX talked_by_peer ON talked (peer);
CREATE TRIGGER talked_insert AFTER INSERT ON talked BEGIN
  UPDATE talked SET sum = checksum(NEW.account, NEW.peer, NEW.id)
  WHERE account = NEW.account AND peer = NEW.peer;
END;
CREATE TRIGGER talked_update AFTER UPDATE OF account, peer, id ON talked BEGIN
  UPDATE talked SET sum = checksum(NEW.account, NEW.peer, NEW.id)
  WHERE account = NEW.account AND peer = NEW.peer;
END;

-- From which network a room was made, and a line in the inbox was said; '' is
-- not known.
DROP TRIGGER rooms_insert;
DROP TRIGGER rooms_update;
ALTER TABLE rooms ADD COLUMN network TEXT NOT NULL DEFAULT '';
UPDATE rooms SET sum = checksum(id, name, topic, owner, made, multicast, network);
CREATE TRIGGER rooms_insert AFTER INSERT ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast, NEW.network)
  WHERE id = NEW.id;
END;
CREATE TRIGGER rooms_update AFTER UPDATE OF id, name, topic, owner, made, multicast, network ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast, NEW.network)
  WHERE id = NEW.id;
END;

DROP TRIGGER inbox_insert;
DROP TRIGGER inbox_update;
ALTER TABLE inbox ADD COLUMN network TEXT NOT NULL DEFAULT '';
UPDATE inbox SET sum = checksum(account, id, at, sender, kind, action, text, network);
CREATE TRIGGER inbox_insert AFTER INSERT ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text, NEW.network)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER inbox_update AFTER UPDATE OF account, id, at, sender, kind, action, text, network ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text, NEW.network)
  WHERE account = NEW.account AND id = NEW.id;
END;
