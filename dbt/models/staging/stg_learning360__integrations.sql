{{ stage('integrations', key=['_id'], columns=[
    ['_id', 'integration_id', 'id'],
    ['defaultCompletion', 'default_completion', 'boolean'],
    ['defaultProgress', 'default_progress', 'integer'],
    ['noGroupPropagation', 'no_group_propagation', 'boolean'],
    ['externalPlatformLogoUrl', 'external_platform_logo_url', 'text'],
    ['externalPlatformUnicolorLogoUrl', 'external_platform_unicolor_logo_url', 'text'],
    ['externalPlatform', 'external_platform', 'text'],
    ['authorId', 'author_id', 'id'],
    ['groupId', 'group_id', 'id'],
], used=false) }}
