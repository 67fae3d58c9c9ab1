-- Where a connector was imported from and what was chosen then, so that it can be imported again; null for one written by hand.
alter table connectors add source json;
-- What the last look at that place found; null before the first, and after what it found was taken.
alter table connectors add drift jsonb;
