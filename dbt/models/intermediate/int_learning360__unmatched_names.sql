-- Names in variables that an account does not have, each with the nearest name that it has: the one with which it shares
-- most pairs of letters.
with configured as (
    {{ configured_names() }}
),

accounts as (
    {{ accounts() }}
),

candidates as (
    select source_relation, 'user_field' as kind, custom_field_id as id, name, {{ normal_form('name') }} as form
    from {{ ref('stg_learning360__custom_fields') }}
    where coalesce(target_type, 'users') <> 'contents'
    union all
    select source_relation, 'session_field', custom_field_id, name, {{ normal_form('name') }} from {{ ref('stg_learning360__custom_fields') }}
    union all
    select source_relation, 'group', group_id, name, {{ normal_form('name') }} from {{ ref('stg_learning360__groups') }}
    union all
    select source_relation, 'path', path_id, name, {{ normal_form('name') }} from {{ ref('stg_learning360__paths') }}
),

unmatched as (
    select accounts.source_relation, configured.kind, configured.variable, configured.role, configured.name, configured.form
    from configured
    cross join accounts
    left join candidates
        on accounts.source_relation = candidates.source_relation
        and configured.kind = candidates.kind
        and (configured.name = candidates.id or configured.form = candidates.form)
    where candidates.id is null
),

wanted_pairs as (
    select distinct unmatched.source_relation, unmatched.kind, unmatched.name, substr(unmatched.form, cast(numbers.n as integer), 2) as pair
    from unmatched
    cross join {{ numbers(60) }}
    where numbers.n < length(unmatched.form)
),

candidate_pairs as (
    select distinct candidates.source_relation, candidates.kind, candidates.id, candidates.name, substr(candidates.form, cast(numbers.n as integer), 2) as pair
    from candidates
    cross join {{ numbers(60) }}
    where numbers.n < length(candidates.form)
),

sizes as (
    select source_relation, kind, id, count(*) as pairs from candidate_pairs group by source_relation, kind, id
),

shared as (
    select
        wanted_pairs.source_relation, wanted_pairs.kind, wanted_pairs.name, candidate_pairs.id, candidate_pairs.name as candidate,
        count(*) as pairs
    from wanted_pairs
    inner join candidate_pairs
        on wanted_pairs.source_relation = candidate_pairs.source_relation
        and wanted_pairs.kind = candidate_pairs.kind
        and wanted_pairs.pair = candidate_pairs.pair
    group by wanted_pairs.source_relation, wanted_pairs.kind, wanted_pairs.name, candidate_pairs.id, candidate_pairs.name
),

ranked as (
    select
        shared.source_relation,
        shared.kind,
        shared.name,
        shared.candidate,
        row_number() over (
            partition by shared.source_relation, shared.kind, shared.name
            order by 1.0 * shared.pairs / (sizes.pairs + length(shared.name)) desc, shared.id
        ) as place
    from shared
    inner join sizes
        on shared.source_relation = sizes.source_relation and shared.kind = sizes.kind and shared.id = sizes.id
    where 4 * shared.pairs >= length(shared.name)
)

select
    unmatched.source_relation,
    unmatched.kind,
    unmatched.variable,
    unmatched.role,
    unmatched.name,
    ranked.candidate as nearest
from unmatched
left join ranked
    on unmatched.source_relation = ranked.source_relation
    and unmatched.kind = ranked.kind
    and unmatched.name = ranked.name
    and ranked.place = 1
