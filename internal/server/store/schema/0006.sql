-- sum is a checksum of a row's other columns, in their order: what a disk has
-- changed in a row is found by it. Rows of log, lines and keys come with theirs;
-- the others get it from triggers, which no statement can forget. A column that
-- is added later needs the triggers of its table anew.
ALTER TABLE log ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lines ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE marks ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE prekeys ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;

UPDATE log SET sum = checksum(one, last, node);
UPDATE lines SET sum = checksum(room, id, at, sender, kind, action, text);
UPDATE keys SET sum = checksum(profile, client, id, at);
UPDATE accounts SET sum = checksum(name, hash, legacy, banned, made);
UPDATE tokens SET sum = checksum(hash, account, expires, device);
UPDATE rooms SET sum = checksum(id, name, topic, owner, made, multicast);
UPDATE marks SET sum = checksum(account, room, last);
UPDATE inbox SET sum = checksum(account, id, at, sender, kind, action, text);
UPDATE devices SET sum = checksum(account, key, id, made, signer, signature);
UPDATE notes SET sum = checksum(account, id, device, prekey, signer, seq, box, sig);
UPDATE prekeys SET sum = checksum(account, device, id, key, expires, last, sig, given, added, place);

CREATE TRIGGER accounts_insert AFTER INSERT ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made)
  WHERE name = NEW.name;
END;
CREATE TRIGGER accounts_update AFTER UPDATE OF name, hash, legacy, banned, made ON accounts BEGIN
  UPDATE accounts SET sum = checksum(NEW.name, NEW.hash, NEW.legacy, NEW.banned, NEW.made)
  WHERE name = NEW.name;
END;

CREATE TRIGGER tokens_insert AFTER INSERT ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device)
  WHERE hash = NEW.hash;
END;
CREATE TRIGGER tokens_update AFTER UPDATE OF hash, account, expires, device ON tokens BEGIN
  UPDATE tokens SET sum = checksum(NEW.hash, NEW.account, NEW.expires, NEW.device)
  WHERE hash = NEW.hash;
END;

CREATE TRIGGER rooms_insert AFTER INSERT ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast)
  WHERE id = NEW.id;
END;
CREATE TRIGGER rooms_update AFTER UPDATE OF id, name, topic, owner, made, multicast ON rooms BEGIN
  UPDATE rooms SET sum = checksum(NEW.id, NEW.name, NEW.topic, NEW.owner, NEW.made, NEW.multicast)
  WHERE id = NEW.id;
END;

CREATE TRIGGER marks_insert AFTER INSERT ON marks BEGIN
  UPDATE marks SET sum = checksum(NEW.account, NEW.room, NEW.last)
  WHERE account = NEW.account AND room = NEW.room;
END;
CREATE TRIGGER marks_update AFTER UPDATE OF account, room, last ON marks BEGIN
  UPDATE marks SET sum = checksum(NEW.account, NEW.room, NEW.last)
  WHERE account = NEW.account AND room = NEW.room;
END;

CREATE TRIGGER inbox_insert AFTER INSERT ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER inbox_update AFTER UPDATE OF account, id, at, sender, kind, action, text ON inbox BEGIN
  UPDATE inbox SET sum = checksum(NEW.account, NEW.id, NEW.at, NEW.sender, NEW.kind, NEW.action, NEW.text)
  WHERE account = NEW.account AND id = NEW.id;
END;

CREATE TRIGGER devices_insert AFTER INSERT ON devices BEGIN
  UPDATE devices SET sum = checksum(NEW.account, NEW.key, NEW.id, NEW.made, NEW.signer, NEW.signature)
  WHERE account = NEW.account AND key = NEW.key;
END;
CREATE TRIGGER devices_update AFTER UPDATE OF account, key, id, made, signer, signature ON devices BEGIN
  UPDATE devices SET sum = checksum(NEW.account, NEW.key, NEW.id, NEW.made, NEW.signer, NEW.signature)
  WHERE account = NEW.account AND key = NEW.key;
END;

CREATE TRIGGER notes_insert AFTER INSERT ON notes BEGIN
  UPDATE notes SET sum = checksum(NEW.account, NEW.id, NEW.device, NEW.prekey, NEW.signer, NEW.seq, NEW.box, NEW.sig)
  WHERE account = NEW.account AND id = NEW.id;
END;
CREATE TRIGGER notes_update AFTER UPDATE OF account, id, device, prekey, signer, seq, box, sig ON notes BEGIN
  UPDATE notes SET sum = checksum(NEW.account, NEW.id, NEW.device, NEW.prekey, NEW.signer, NEW.seq, NEW.box, NEW.sig)
  WHERE account = NEW.account AND id = NEW.id;
END;

CREATE TRIGGER prekeys_insert AFTER INSERT ON prekeys BEGIN
  UPDATE prekeys SET sum = checksum(NEW.account, NEW.device, NEW.id, NEW.key, NEW.expires, NEW.last, NEW.sig, NEW.given, NEW.added, NEW.place)
  WHERE account = NEW.account AND device = NEW.device AND id = NEW.id;
END;
CREATE TRIGGER prekeys_update AFTER UPDATE OF account, device, id, key, expires, last, sig, given, added, place ON prekeys BEGIN
  UPDATE prekeys SET sum = checksum(NEW.account, NEW.device, NEW.id, NEW.key, NEW.expires, NEW.last, NEW.sig, NEW.given, NEW.added, NEW.place)
  WHERE account = NEW.account AND device = NEW.device AND id = NEW.id;
END;
