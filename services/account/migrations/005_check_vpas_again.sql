-- The list of reserved names has grown since UPI IDs were last checked: each is checked once more.

update vpas set rules_checked_at = null where released_at is null;
