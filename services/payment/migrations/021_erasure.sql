-- Events that name people outside the streams of their payments: looked through when somebody is erased.

create index events_about_people on events (stream)
  where type in ('payment.person-blocked', 'payment.person-unblocked', 'payment.person-reported');
