-- The multicast group, as IP:PORT, that a room's older people talk in; '' is
-- none.
ALTER TABLE rooms ADD COLUMN multicast TEXT NOT NULL DEFAULT '';
