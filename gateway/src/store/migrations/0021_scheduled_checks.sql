-- How often the gateway itself looks whether the description that a connector was imported from has changed; null for never.
alter table connectors add check_every_hours integer check (check_every_hours between 1 and 720);
-- When it looks next.
alter table connectors add check_due timestamptz;
-- Why the last look by itself brought nothing; null when it brought something.
alter table connectors add check_problem text;
create index connectors_check_due on connectors (check_due) where check_due is not null;
