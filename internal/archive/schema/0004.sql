-- Private conversations keep their order and come back as they were.

-- Of a private line: its number among all that its writer's device has sent,
-- the other side's device, and of an own one how far it has come.
ALTER TABLE lines ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lines ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE lines ADD COLUMN state TEXT NOT NULL DEFAULT '';
CREATE INDEX private_own ON lines (home, seq) WHERE place = '@' AND state <> '' AND seq > 0;
CREATE INDEX private_unread ON lines (home, device, seq) WHERE place = '@' AND state = 'delivered' AND seq > 0;
UPDATE lines SET (seq, state) = (SELECT o.seq * o.private, o.state FROM outbox o WHERE o.home = lines.home AND o.id = lines.id
    AND o.receiver = lines.receiver AND o.text = lines.text LIMIT 1)
  WHERE place = '@' AND EXISTS (SELECT 1 FROM outbox o WHERE o.home = lines.home AND o.id = lines.id
    AND o.receiver = lines.receiver AND o.text = lines.text);

-- Of a private line in the outbox: the number of the newest line of the device
-- after_of that had come when it was typed, NULL where that is not known. Its id
-- is its place in the order.
ALTER TABLE outbox ADD COLUMN after INTEGER;
ALTER TABLE outbox ADD COLUMN after_of TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_by_id ON outbox (home, id) WHERE id > 0;

-- closed: the conversation was taken off the list, and nothing was said since.
ALTER TABLE rooms ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;

-- What the program said in private conversations: of the way and of keys.
CREATE TABLE remarks (
  seq   INTEGER PRIMARY KEY,
  home  INTEGER NOT NULL,
  place TEXT NOT NULL,
  id    INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  alarm INTEGER NOT NULL,
  text  TEXT NOT NULL,
  UNIQUE (home, place, id)
) STRICT;
