-- The first server and the first way to authenticate are the defaults, and jsonb keeps no order of keys: a document is kept
-- as it was given. Those stored until now have lost their order.
alter table connector_versions alter column document type json using document::json;
