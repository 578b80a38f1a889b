"""Addresses of training. One address per action."""

from django.urls import path

from training.views import attendance, classes, enrolments, events, hours, imports, steps, totals

app_name = "training"
urlpatterns = [
    path("", classes.ClassList.as_view(), name="classes"),
    path("plan/", classes.plan, name="plan"),
    path("<int:pk>/", classes.detail, name="class"),
    path("<int:pk>/change/", classes.change, name="change"),
    path("<int:pk>/places/", classes.quota, name="quota"),
    path("<int:pk>/send/", steps.send, name="send"),
    path("<int:pk>/approve/", steps.approve, name="approve"),
    path("<int:pk>/hand-back/", steps.hand_back, name="hand_back"),
    path("<int:pk>/cancel/", steps.cancel, name="cancel"),
    path("<int:pk>/settle/", steps.settle, name="settle"),
    path("<int:pk>/enrol/", enrolments.enrol, name="enrol"),
    path("enrolments/<int:pk>/withdraw/", enrolments.withdraw, name="withdraw"),
    path("<int:pk>/attendance/", attendance.attendance, name="attendance"),
    path("<int:pk>/attendance/roster/", imports.roster_workbook, name="import_template"),
    path("<int:pk>/attendance/import/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/adopt/<int:line>/", imports.import_adopt, name="import_adopt"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/roll-back/", imports.import_roll_back, name="import_roll_back"),
    path("imports/<int:pk>/abandon/", imports.import_abandon, name="import_abandon"),
    path("imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("hours/", hours.HoursRoll.as_view(), name="hours"),
    path("hours/export/", hours.HoursExport.as_view(), name="hours_export"),
    path("hours/member/<int:pk>/", hours.statement, name="hours_member"),
    path("hours/totals/", totals.TotalsList.as_view(), name="totals"),
    path("hours/totals/export/", totals.TotalsExport.as_view(), name="totals_export"),
    path("hours/events/", events.EventList.as_view(), name="events"),
    path("hours/organisation/<int:pk>/file/", events.event_file, name="event_file"),
    path("hours/events/<int:pk>/", events.event, name="event"),
    path("hours/events/<int:pk>/correct/", events.event_correct, name="event_correct"),
    path("hours/events/<int:pk>/withdraw/", events.event_withdraw, name="event_withdraw"),
    path("hours/events/<int:pk>/confirm/", events.event_confirm, name="event_confirm"),
    path("hours/events/<int:pk>/return/", events.event_return, name="event_return"),
]
