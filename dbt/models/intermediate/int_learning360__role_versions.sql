-- The firms that a user had, each from one instant to the next; none without the snapshot of roles
-- (`learning360_role_history`). The first version is also the best guess for the time before it. A firm has the spelling
-- of now as long as a learner is in it.
{%- if var('learning360_role_history') %}
with spellings as (
    select distinct source_relation, firm, {{ normal_form('firm') }} as form
    from {{ ref('int_learning360__learner_roles') }}
    where firm is not null
)

select
    versions.source_relation,
    versions.user_id,
    coalesce(spellings.firm, versions.firm) as firm,
    case
        when row_number() over (partition by versions.source_relation, versions.user_id order by versions.dbt_valid_from) = 1
            then {{ first_instant() }}
        else cast(versions.dbt_valid_from as timestamp)
    end as valid_from,
    coalesce(cast(versions.dbt_valid_to as timestamp), {{ end_of_time() }}) as valid_to
from {{ ref('learning360__learner_roles_history') }} as versions
left join spellings
    on versions.source_relation = spellings.source_relation and {{ normal_form('versions.firm') }} = spellings.form
{%- else %}
select
    cast(null as text) as source_relation,
    cast(null as text) as user_id,
    cast(null as text) as firm,
    cast(null as timestamp) as valid_from,
    cast(null as timestamp) as valid_to
where false
{%- endif %}
