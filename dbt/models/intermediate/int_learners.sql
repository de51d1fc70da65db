-- Every user with the values of the custom fields.
with managers as (
    select managers.user_id, string_agg(people.display_name, ', ' order by people.display_name) as platform_managers
    from {{ ref('stg_user_managers') }} as managers
    inner join {{ ref('int_people') }} as people on managers.manager_id = people.user_id
    group by managers.user_id
),

described as (
    select
        users.user_id,
        people.display_name,
        users.first_name,
        users.last_name,
        users.email,
        users.phone,
        users.job,
        coalesce(users.status, case when users.is_deleted then 'deleted' else 'active' end) as status,
        not {{ listed(['users.primary_group_id', 'groups.name'], var('internal_groups')) }} as is_client,
        users.primary_group_id as group_id,
        groups.name as group_name,
        roles.firm,
        roles.agency,
        roles.region,
        roles.department,
        roles.town,
        roles.postcode,
        coalesce(roles.company, users.organization) as company,
        roles.siret,
        roles.legal_form,
        roles.activity_code,
        roles.activity,
        roles.sector,
        roles.kind,
        roles.company_size,
        {{ whole_number('roles.headcount') }} as headcount,
        roles.company_manager,
        roles.file_number,
        roles.file_status,
        roles.funding,
        managers.platform_managers
    from {{ ref('stg_users') }} as users
    inner join {{ ref('int_people') }} as people on users.user_id = people.user_id
    left join {{ ref('stg_groups') }} as groups on users.primary_group_id = groups.group_id
    left join {{ ref('int_learner_roles') }} as roles on users.user_id = roles.user_id
    left join managers on users.user_id = managers.user_id
)

select described.*, bands.label as headcount_band, bands.lowest as headcount_lowest
from described
left join {{ ref('headcount_bands') }} as bands
    on described.headcount >= bands.lowest and described.headcount <= coalesce(bands.highest, described.headcount)
