-- What the SMS carrier reports of an SMS that it took: whether it reached its phone. The first report stands.

alter table deliveries
  add column report text check (report in ('delivered', 'failed')),
  add column report_code text,
  add column reported_at timestamptz;
