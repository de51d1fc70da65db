{{ mart(key=['user_id']) }}
select
    source_relation, user_id, display_name, first_name, last_name, email, phone, job, status, is_client, group_id, group_name,
    firm, agency, region, department, town, postcode, company, siret, legal_form, activity_code, activity, sector, kind,
    company_size, headcount, headcount_text, cast(headcount_band as text) as headcount_band, company_manager, file_number,
    file_status, funding, platform_managers
from {{ ref('int_learning360__learners') }}
