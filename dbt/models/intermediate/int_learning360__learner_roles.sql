-- The value of each role for a user: of a group, else of the custom fields. Spellings of one value that differ in case,
-- blanks, apostrophes or hyphens become the one that most users have. A user who is not in the list is gone.
{%- set grouping = grouping_roles() %}
{%- set columns = ['user_id'] %}
{%- for role in role_fields() %}{%- do columns.append("max(case when role = '" ~ role ~ "' then value end) as " ~ role) %}{%- endfor %}
with of_fields as (
    select
        filled.source_relation,
        filled.user_id,
        roles.role,
        filled.value,
        row_number() over (
            partition by filled.source_relation, filled.user_id, roles.role
            order by roles.preference
        ) as choice
    from {{ ref('stg_learning360__user_custom_field_values') }} as filled
    inner join {{ ref('int_learning360__role_fields') }} as roles
        on filled.source_relation = roles.source_relation and filled.custom_field_id = roles.custom_field_id
    where filled.value is not null
),

first_of_groups as (
    select * from {{ ref('int_learning360__group_roles') }} where choice = 1
),

first_of_fields as (
    select * from of_fields where choice = 1
),

chosen as (
    select
        coalesce(of_groups.source_relation, of_fields.source_relation) as source_relation,
        coalesce(of_groups.user_id, of_fields.user_id) as user_id,
        coalesce(of_groups.role, of_fields.role) as role,
        coalesce(of_groups.value, of_fields.value) as value
    from first_of_groups as of_groups
    full join first_of_fields as of_fields
        on of_groups.source_relation = of_fields.source_relation
        and of_groups.user_id = of_fields.user_id
        and of_groups.role = of_fields.role
    inner join {{ ref('stg_learning360__users') }} as users
        on users.source_relation = coalesce(of_groups.source_relation, of_fields.source_relation)
        and users.user_id = coalesce(of_groups.user_id, of_fields.user_id)
),

spellings as (
    select source_relation, role, value, {{ normal_form('value') }} as form, count(*) as users
    from chosen
    where role in ('{{ grouping | join("', '") }}')
    group by source_relation, role, value
),

common as (
    select
        source_relation,
        role,
        value,
        first_value(value) over (
            partition by source_relation, role, form
            order by users desc, {{ by_bytes('value') }}
        ) as spelling
    from spellings
),

spelled as (
    select chosen.source_relation, chosen.user_id, chosen.role, coalesce(common.spelling, chosen.value) as value
    from chosen
    left join common
        on chosen.source_relation = common.source_relation and chosen.role = common.role and chosen.value = common.value
)

select
    source_relation,
    {{ columns | join(',\n    ') }}
from spelled
group by source_relation, user_id
