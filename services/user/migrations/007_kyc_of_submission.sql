-- What belongs to a submission, also once it is replaced: for its end, and for the end of the person.

create index kyc_documents_of_submission on kyc_documents (submission_id);
create index kyc_tiers_of_submission on kyc_tiers (submission_id);
