-- Requests that a registered app made in the name of its owner, whom they pay.

alter table payment_requests
  add column app_client_id text,
  add column app_name text,
  -- The app's own word for it, such as the number of an order.
  add column app_reference text,
  add constraint app_is_named check (
    (app_client_id is null) = (app_name is null) and (app_client_id is not null or app_reference is null));
create index payment_requests_open_of_apps on payment_requests (payer_user_id)
  where status = 'pending' and app_client_id is not null;
