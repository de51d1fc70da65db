{{ config(indexes=key_index(['user_id'])) }}
-- Every user with the values of the roles.
with managers as (
    select
        managers.source_relation,
        managers.user_id,
        {{ joined('people.display_name', ', ', by_bytes('people.display_name')) }} as platform_managers
    from {{ ref('stg_learning360__user_managers') }} as managers
    inner join {{ ref('int_learning360__people') }} as people
        on managers.source_relation = people.source_relation and managers.manager_id = people.user_id
    group by managers.source_relation, managers.user_id
),

-- A group below an internal one is internal too.
internal as (
    select distinct ancestors.source_relation, ancestors.group_id
    from {{ ref('int_learning360__group_ancestors') }} as ancestors
    inner join {{ ref('stg_learning360__groups') }} as groups
        on ancestors.source_relation = groups.source_relation and ancestors.ancestor_id = groups.group_id
    where {{ listed('groups.group_id', 'groups.name', var('learning360_internal_groups')) }}
),

described as (
    select
        users.source_relation,
        users.user_id,
        people.display_name,
        users.first_name,
        users.last_name,
        users.email,
        users.phone,
        users.job,
        coalesce(users.status, case when users.is_deleted then 'deleted' else 'active' end) as status,
        internal.group_id is null as is_client,
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
        roles.headcount as headcount_text,
        roles.company_manager,
        roles.file_number,
        roles.file_status,
        roles.funding,
        managers.platform_managers
    from {{ ref('stg_learning360__users') }} as users
    inner join {{ ref('int_learning360__people') }} as people
        on users.source_relation = people.source_relation and users.user_id = people.user_id
    left join {{ ref('stg_learning360__groups') }} as groups
        on users.source_relation = groups.source_relation and users.primary_group_id = groups.group_id
    left join internal on users.source_relation = internal.source_relation and users.primary_group_id = internal.group_id
    left join {{ ref('int_learning360__learner_roles') }} as roles
        on users.source_relation = roles.source_relation and users.user_id = roles.user_id
    left join managers on users.source_relation = managers.source_relation and users.user_id = managers.user_id
)

select described.*, bands.label as headcount_band, bands.lowest as headcount_lowest
from described
left join {{ ref('learning360__headcount_bands') }} as bands
    on described.headcount >= bands.lowest and described.headcount <= coalesce(bands.highest, described.headcount)
