-- Every user with a display name.
select
    source_relation,
    user_id,
    coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), email, user_id) as display_name
from {{ ref('stg_learning360__users') }}
