# Written by `make generate`: the key of each stream, and the cursor of those that can be read incrementally.
locals {
  catalog = {
    users                            = { key = ["_id"], cursor = null }
    user_managers                    = { key = ["userId", "managerId"], cursor = null }
    certificate_outlines             = { key = ["_id"], cursor = null }
    user_certificates                = { key = ["_id"], cursor = "readAt" }
    groups                           = { key = ["_id"], cursor = null }
    group_memberships                = { key = ["groupId", "userId", "role"], cursor = null }
    group_catalog_contents           = { key = ["groupId", "contentType", "contentId"], cursor = null }
    group_library_contents           = { key = ["groupId", "contentType", "contentId"], cursor = null }
    custom_fields                    = { key = ["_id"], cursor = null }
    custom_field_authorized_values   = { key = ["customFieldId", "value"], cursor = null }
    user_custom_field_values         = { key = ["userId", "customFieldId"], cursor = "readAt" }
    courses                          = { key = ["_id"], cursor = "modifiedAt" }
    course_stats                     = { key = ["_id"], cursor = "lastActivityAt" }
    course_custom_field_values       = { key = ["courseId", "customFieldId"], cursor = null }
    paths                            = { key = ["_id"], cursor = "modifiedAt" }
    path_sessions                    = { key = ["_id"], cursor = "modifiedAt" }
    path_stats                       = { key = ["_id"], cursor = null }
    path_enrollments                 = { key = ["_id"], cursor = "modifiedAt" }
    path_session_translations        = { key = ["_id"], cursor = null }
    path_session_metrics             = { key = ["sessionId"], cursor = null }
    path_session_custom_field_values = { key = ["sessionId", "customFieldId"], cursor = null }
    path_session_audiences           = { key = ["sessionId"], cursor = null }
    classrooms                       = { key = ["_id"], cursor = "modifiedAt" }
    classroom_slots                  = { key = ["_id"], cursor = "modifiedAt" }
    classroom_registrations          = { key = ["_id"], cursor = "modifiedAt" }
    classroom_slot_waitlist          = { key = ["classroomSlotId", "userId"], cursor = null }
    attendance_sheets                = { key = ["_id"], cursor = "readAt" }
    attendances                      = { key = ["_id"], cursor = "readAt" }
    tags                             = { key = ["_id"], cursor = null }
    course_tags                      = { key = ["courseId", "tagId", "source"], cursor = null }
    path_tags                        = { key = ["pathId", "tagId", "source"], cursor = null }
    skills                           = { key = ["_id"], cursor = "updatedAt" }
    skill_powers                     = { key = ["_id"], cursor = null }
    learning_needs                   = { key = ["_id"], cursor = null }
    projects                         = { key = ["_id"], cursor = null }
    custom_links                     = { key = ["_id"], cursor = null }
    user_custom_links                = { key = ["_id"], cursor = null }
    external_ids                     = { key = ["_id"], cursor = null }
    integrations                     = { key = ["_id"], cursor = null }
    webhook_subscriptions            = { key = ["_id"], cursor = null }
    webhook_events                   = { key = ["_id"], cursor = "createdAt" }
    bulk_operations                  = { key = ["_id"], cursor = "createdAt" }
  }
}
