-- Where files of configuration say that a secret comes from, such as an environment variable: never a value. Null for what was
-- entered by hand.
alter table connections add column secret_references json;
alter table oauth_apps add column secret_references json;
alter table notification_channels add column secret_references json;

-- Which of several connections was there first decides whose tools have the plain names: also among those of one transaction.
alter table connections alter column created_at set default clock_timestamp();
