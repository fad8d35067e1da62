-- Safety numbers cover names, not keys alone. What was compared before holds for a
-- key that is known under one name only. Of several names that share one, a person
-- is asked once more about each, unless it is one whose key a person has refused.
UPDATE devices SET state = 'shared' WHERE state IN ('new', 'known', 'verified') AND EXISTS (
  SELECT 1 FROM devices other WHERE other.home = devices.home AND other.key = devices.key
    AND other.user_key <> devices.user_key AND other.state <> 'rejected');
