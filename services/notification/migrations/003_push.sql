-- Push messages to browsers: one subscription for a session, which ends with it.

create table push_subscriptions (
  session_id uuid primary key,
  user_id uuid not null,
  -- Its address and keys, sealed: who has them can send to this browser.
  subscription_sealed text not null,
  subscribed_at timestamptz not null
);
create index push_subscriptions_of_user on push_subscriptions (user_id);

alter table deliveries drop constraint deliveries_channel_check;
alter table deliveries add constraint deliveries_channel_check check (channel in ('sms', 'email', 'push'));

grant select, insert, delete, update on push_subscriptions to {{role}};
